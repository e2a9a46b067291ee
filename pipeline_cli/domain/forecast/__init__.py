"""What the open deals will bring: stage probabilities, the timed method step by step, ranges, and how right they were.

probability -> distribution          the methods `configured` and `stage`, and their exact range
runs -> counts -> configured -> rates -> direction -> recursion -> level -> timed -> shock
                                     the method `timed`, one file a step, and its range
open_deals -> outlook -> what_if     what a method says of each deal, by period and within the horizon
scoring -> backtest, kept            every method against what came
"""
