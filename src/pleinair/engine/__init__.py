"""RUN a model: the protocol, ONNX Runtime behind it, and a fake for tests."""
