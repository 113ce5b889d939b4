"""HAND OVER: a training's averaged weights → one `.onnx` with its spec, checked against the network it came from."""
