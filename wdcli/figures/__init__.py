"""Pictures of a result: what they say, computed once from its JSON object, and two of their drawers.

In reading order:

- values: numbers and text of a JSON object
- shown_function, shown_features, shown: a result as its JSON object tells it
- model: what a picture says: panels, axes, lines, zones, marks, words
- colours: their hues, tints and shades
- axes: how far axes reach, and their ticks
- thinning: a part of many, evenly spread
- sizes: what a network's size is counted in
- lambdas: what all pictures over lambda share
- cv, weights, front, fronts, features, function, learning, comparison: the figures
- surface, contours: a function of two features, and where it crosses a value
- labels: how wide text is, and where labels go
- layout: where panels stand
- gallery: every figure by its name
- signs, strip: the characters of a terminal's pictures, and a row of them
- turned, beside, curves: a chart in a terminal, turned by 90 degrees; what stands beside its rows; the rows
- shades, spans, relief: heat maps, intervals and surfaces in a terminal
- terminal: a figure in a terminal
- svg: drawn as SVG
"""
