//! One verb a file: what the programs do, free of windows, routes and SQL.
