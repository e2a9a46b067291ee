"""What a shell is told when Tab is pressed: commands and options, and the stages, deals and words of this record."""
