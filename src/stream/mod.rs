//! Streams: bytes in, one unit at a time out.
