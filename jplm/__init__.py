"""Pretraining a Japanese language model: corpus, tokenizer, training, publishing."""
__version__ = "0.1.0"

from jplm.runtime.extras import watch as _watch
from jplm.runtime.figures import one_format as _one_format

_watch()  # a module that needs an extra which is not installed says so in a sentence
_one_format()  # figures look the same in nbdev_test, JupyterLab and papermill
