"""What the words mean, and every rule: plain Python that is told what day it is, with the standard library alone."""
