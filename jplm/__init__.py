"""Pretraining a Japanese language model: corpus, tokenizer, training, publishing."""
__version__ = "0.1.0"
