"""Other people's files, each read into a plan or written from the record."""
