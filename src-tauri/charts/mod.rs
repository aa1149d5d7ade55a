//! Charts: plotters draws, the window shows. No I/O: bytes in, bytes out.
