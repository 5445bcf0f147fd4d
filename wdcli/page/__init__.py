"""A result as one HTML page that needs nothing else: no request, no data in scripts, complete without JavaScript.

In reading order:

- elements: an HTML element with its children
- raw: numbers of a row of the JSON object
- tiles: the answer in one glance
- sentences: the words, in short paragraphs
- frames: pictures side by side, of which one changes with lambda
- pictures: the figures of a sweep or of a comparison
- follower: the slider that all pictures of a sweep follow
- features_table: which columns of the table matter
- numbers_table: every number
- made: how the result was made
- section: all that a page says about one sweep
- compared: what it says about a comparison
- page: the document, with its style (page.css) and its script (page.js)
- notebook: a result in a notebook, with its own style (notebook.css)
"""
