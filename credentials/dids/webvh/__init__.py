"""The verifiable history of a did:webvh: where it stands, what an entry may say, and whether the chain holds."""
