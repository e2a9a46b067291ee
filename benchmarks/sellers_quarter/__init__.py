"""A seller's quarter: buyers, a seller, what is true of each deal, and who judges what the program said."""
