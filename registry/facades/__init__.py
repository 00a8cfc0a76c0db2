"""The lists as other ecosystems ask for them: adapters. What counts are the signed lists themselves.

trqp                 ToIP Trust Registry Query Protocol v2: two questions, answered at once, unsigned
recognized_entities  W3C Recognized Entities: an authority's accreditations as a credential
lote                 ETSI TS 119 602: a state's issuers as a list of trusted entities
signing              signs both, with the keys of authorities that lie in this deployment
"""
