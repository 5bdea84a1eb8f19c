"""Documents made on the fly: about 500 characters each, a quarter of them copies, exact or nearly, of earlier ones; nothing of them is on disk."""

import numpy as np
import polars as pl

# Words of two characters that name places, seasons and things; 6,400 of them, most of which nobody has ever used.
FIRST = "山川海森町村空雪花春夏秋冬朝夕東西南北国家水木金土石岩島浜港橋道駅門庭畑田野原谷丘峰湖池泉雲雨風霧星月日光影音声色形青赤白黒緑紫銀鉄銅竹松梅桜藤菊蘭米麦豆茶塩油布糸紙"
SECOND = "場所品物具器機材料台車船舟箱棚机板窓戸壁屋根床柱塔城院堂館室園地域線路面側辺端口元先後前中内外上下部分量数度率力法式論学術業務史話歌詩文書画図表記録集報便市会式典祭"
TOPICS, PLACES, THINGS = ("は", "が", "では", "にも", "からは", "には", "とは", "もまた"), ("の近くで", "のために", "に沿って", "とともに", "を使って", "の中から", "に合わせて", "の前に"), ("を", "も", "だけを", "などを", "の一部を", "の跡を", "のことを", "ばかりを")
ENDS = ("調べている。", "運んだ。", "見つけた。", "思い出す。", "作り直した。", "守ってきた。", "探していた。", "書き残した。", "比べてみる。", "伝えたい。", "数えていた。", "選んだという。", "集めるようになった。", "描いたことがある。", "知らなかった。", "待っていた。")
BOILERPLATE = 500  # different closing lines; one document in twenty ends with one of them
SENTENCES = 10, 13  # fewest in a document, and how many different numbers of them there are


def mixed(x: np.ndarray) -> np.ndarray:  # u64
    "The finaliser of SplitMix64: numbers that look random, the same for the same `x`."
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def drawn(
    of: np.ndarray,  # u64
    what: int,       # which draw
    among: int,
) -> np.ndarray:     # from 0 up to but not including `among`
    "A number for each of some numbers."
    return (mixed(of * np.uint64(0x9E3779B97F4A7C15) + np.uint64(what)) >> np.uint64(33)) % np.uint64(among)


def phrases(particles: tuple[str, ...], what: int, n: int = 1 << 13) -> pl.Series:
    "Phrases of one word of one word with a particle."
    at, letters = np.arange(n, dtype=np.uint64), [np.array(list(s)) for s in (FIRST, SECOND)]
    words = ["".join(p) for p in zip(*(letters[k % 2][drawn(at, 10 * what + k, len(letters[k % 2]))] for k in range(4)))]
    return pl.Series([f"{w[:2]}の{w[2:]}{particles[p]}" for w, p in zip(words, drawn(at, 10 * what + 4, len(particles)))])


TABLES = [phrases(TOPICS, 1), phrases(PLACES, 2), phrases(THINGS, 3), pl.Series(ENDS)]


def originals(
    numbers: np.ndarray,  # u64, of documents
) -> tuple[np.ndarray, np.ndarray]:  # whose text each has, and whether it is changed in one place
    "Every fourth document is a copy of an earlier one that is none; two copies in five are not exact."
    copy = (numbers % np.uint64(4) == 3)
    earlier = mixed(numbers) % np.maximum(numbers, np.uint64(1))
    earlier -= (earlier % np.uint64(4) == 3).astype(np.uint64)
    return np.where(copy, earlier, numbers), copy & (drawn(numbers, 1, 5) < 2)


def documents(
    rows: pl.DataFrame,  # number, of a document in the whole stream
) -> pl.DataFrame:       # with `text`
    "The formatter."
    numbers = rows["number"].cast(pl.Int64).cast(pl.UInt64).to_numpy()
    text_of, changed = originals(numbers)
    count = (SENTENCES[0] + drawn(text_of, 2, SENTENCES[1])).astype(np.int64)
    begins = np.cumsum(count) - count
    within = (np.arange(count.sum()) - np.repeat(begins, count)).astype(np.uint64)
    seed = np.repeat(text_of, count)
    other = np.repeat(changed, count) & (within == np.repeat(drawn(text_of, 3, 9), count))  # another sentence in its place
    sentence = mixed(seed * np.uint64(64) + within) ^ (other * np.repeat(mixed(numbers), count))
    parts = [table.gather((drawn(sentence, 4 + k, len(table))).astype(np.int64)) for k, table in enumerate(TABLES)]
    ends = np.where((within + 1) % (np.uint64(3) + np.repeat(text_of % np.uint64(3), count)) == 0, "\n", "")
    lines = pl.select(pl.concat_str([*parts, pl.Series(ends)])).to_series()
    joined = pl.DataFrame({"at": np.repeat(np.arange(len(numbers)), count), "s": lines}).group_by("at", maintain_order=True).agg(pl.col("s").str.join(""))["s"]
    closing = np.where(drawn(numbers, 30, 20) == 0, drawn(numbers, 31, BOILERPLATE), BOILERPLATE).astype(np.int64)
    notes = pl.Series([f"\nお知らせ第{i}号、{TABLES[0][i]}{TABLES[1][i]}ご覧ください。" for i in range(BOILERPLATE)] + [""])
    return rows.with_columns(text=joined.str.strip_chars() + notes.gather(closing))
