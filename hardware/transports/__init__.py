"""Serial, USB, TCP, vendor libraries: bytes in, bytes out."""
