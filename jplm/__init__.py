"""Pretraining a Japanese language model: corpus, tokenizer, training, publishing."""
__version__ = "0.1.0"

from jplm.extras import watch as _watch

_watch()  # a module that needs an extra which is not installed says so in a sentence
