"""What became of a mail, an event or a card that lies on this machine: whose it is, which deal's, or why it is left out."""
