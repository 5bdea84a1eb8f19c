"""Exact keys, near-duplicates and repeated paragraphs (thin first version; exported from nbs/15_dedup.ipynb)"""
import hashlib

import polars as pl

KEPT = r'[^\p{L}\p{N}\p{M}]+|\p{Default_Ignorable_Code_Point}+'  # what the key text leaves out: all but letters, numbers and their marks


def key_texts(
    texts: pl.Series,  # normalised or raw texts
) -> pl.Series:        # what is left to compare: letters and numbers only
    "NFKC, case-folded, without spaces and punctuation, dakuten kept."
    for _ in range(2):  # the second pass composes marks which removal has brought together (か゛ → が)
        folded = texts.str.normalize('NFKC').str.to_lowercase().str.replace_many(['ς', 'ß'], ['σ', 'ss'])
        texts = folded.str.replace_all(KEPT, '')
    return texts


def key_text(
    text: str,  # any text
) -> str:       # its key text
    "`key_texts` of a single text."
    clean = text.encode('utf-8', 'replace').decode()
    return key_texts(pl.Series([clean], dtype=pl.String))[0]


def fingerprint(
    frame: pl.DataFrame,  # with `text` and `reason`
) -> pl.DataFrame:        # the same and `md5`: 16 bytes, null where `reason` is not
    "The exact key of every document still in."
    keys = key_texts(frame['text'].fill_null(''))
    digests = [hashlib.md5(key.encode()).digest() if kept else None for key, kept in zip(keys, frame['reason'].is_null(), strict=True)]
    return frame.with_columns(pl.Series('md5', digests, dtype=pl.Binary))
