"""The engine: many small networks ("lanes") trained at once. Arrays in, arrays out.

NumPy alone: no files, no clock, no printing, no global random state. The first axis of every parameter array is the
lane. No reduction ever runs across lanes, so a lane's result is the same to the last bit whichever lanes are its
neighbours, as long as BLAS runs one thread.
"""
