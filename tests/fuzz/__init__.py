"""Whatever reads what others wrote raises nothing but `VCError`: each reader with inputs to begin from, and a fuzzer over them."""
