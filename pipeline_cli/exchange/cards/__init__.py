"""Address books as other programs keep them (vCard 2.1, 3.0 and 4.0), read and written."""
