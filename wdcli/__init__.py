"""How much weight decay does this network need on this data, and what does the decay do?"""

__version__ = "0.1.0"
