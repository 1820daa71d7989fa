"""Other people's files, read by hand: bytes in, typed records out.

Knows: the heads of GGUF and safetensors files, and ggml's tensor types.
Never knows: tensor data, networks, what a model is good for.
"""
