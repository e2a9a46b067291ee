"""From a `Report` to what a person or a program reads; the only rooms that know Rich."""
