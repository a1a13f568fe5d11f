"""Judges made-up answers by lm-eval's checker of IFEval and writes its verdicts, for the tests of harness/scoring.

Usage: make_instruction_fixtures.py FILE.jsonl.gz

NLTK's trained model of English sentences is not used: the tokenizer here has the short lists of abbreviations and of words that
begin sentences that Weighbridge has.
"""

import gzip
import importlib.util
import json
import random
import re
import sys
import types
from pathlib import Path

import langdetect
import nltk
from nltk.tokenize.destructive import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

langdetect.DetectorFactory.seed = 0
JAVA = Path(__file__).parents[2] / "harness/scoring/src/main/java/dev/weighbridge/scoring/instruction/Sentences.java"


def listed(name):
    return set(re.findall(r'"([^"]+)"', re.search(name + r" = Set\.of\((.*?)\);", JAVA.read_text(), re.S).group(1)))


def checker():
    parameters = PunktParameters()
    parameters.abbrev_types = listed("ABBREVIATIONS")
    parameters.sent_starters = listed("STARTERS")
    sentences = PunktSentenceTokenizer(parameters)
    words = NLTKWordTokenizer()
    nltk.download = lambda *a, **k: True
    nltk.data.find = lambda *a, **k: True
    nltk.word_tokenize = lambda text: [w for s in sentences.tokenize(text) for w in words.tokenize(s)]
    import lm_eval

    package = types.ModuleType("lm_eval.tasks")
    package.__path__ = [str(Path(lm_eval.__file__).parent / "tasks")]
    sys.modules["lm_eval.tasks"] = package
    from lm_eval.tasks.ifeval import instructions_util, utils

    instructions_util._get_sentence_tokenizer = lambda: sentences
    return utils


WORDS = """river stone apple market Garden silver WINDOW people table Music the and with over under quiet LOUD little
forest bridge morning evening Paris Dr. Mr. e.g. U.S. don't DON'T It's can't CANNOT well-known 3.14 1,000 yes no maybe""".split()
SENTENCES = {
    "en": ["The quick brown fox jumps over the lazy dog and runs into the forest.", "We should meet at the station before the train leaves in the morning.",
           "This is a simple answer to your question about the weather today.", "I have never seen such a beautiful garden in my whole life!",
           "What would you like to eat for dinner tonight?", "She bought three books, two pens and a small notebook."],
    "de": ["Der schnelle braune Fuchs springt über den faulen Hund und läuft in den Wald.", "Ich habe heute Morgen mit meiner Schwester gefrühstückt und dann gearbeitet."],
    "fr": ["Le renard brun saute par-dessus le chien paresseux et court dans la forêt.", "Nous avons mangé ensemble hier soir dans un petit restaurant."],
    "es": ["El zorro marrón salta sobre el perro perezoso y corre hacia el bosque.", "Ayer por la noche cenamos juntos en un pequeño restaurante."],
    "it": ["La volpe marrone salta sopra il cane pigro e corre nella foresta.", "Ieri sera abbiamo mangiato insieme in un piccolo ristorante."],
    "pt": ["A raposa marrom pula sobre o cachorro preguiçoso e corre para a floresta.", "Ontem à noite jantamos juntos num pequeno restaurante, não foi?"],
    "ru": ["Быстрая коричневая лиса прыгает через ленивую собаку и бежит в лес.", "Вчера вечером мы вместе ужинали в маленьком ресторане."],
    "bg": ["Бързата кафява лисица прескача мързеливото куче и бяга в гората.", "Снощи вечеряхме заедно в един малък ресторант."],
    "fi": ["Nopea ruskea kettu hyppää laiskan koiran yli ja juoksee metsään.", "Söimme eilen illalla yhdessä pienessä ravintolassa."],
    "vi": ["Con cáo nâu nhanh nhẹn nhảy qua con chó lười và chạy vào rừng.", "Tối qua chúng tôi đã ăn tối cùng nhau ở một nhà hàng nhỏ."],
    "sw": ["Mbweha mwepesi wa kahawia anaruka juu ya mbwa mvivu na kukimbia msituni.", "Jana usiku tulikula pamoja katika mgahawa mdogo."],
    "ar": ["الثعلب البني السريع يقفز فوق الكلب الكسول ويركض إلى الغابة.", "أكلنا معا الليلة الماضية في مطعم صغير."],
    "fa": ["روباه قهوه‌ای سریع از روی سگ تنبل می‌پرد و به جنگل می‌دود.", "دیشب با هم در یک رستوران کوچک شام خوردیم."],
    "hi": ["तेज भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है और जंगल में भाग जाती है।", "कल रात हमने एक छोटे रेस्तरां में साथ में खाना खाया।"],
    "bn": ["দ্রুত বাদামী শিয়াল অলস কুকুরের উপর দিয়ে লাফ দেয় এবং বনে দৌড়ে যায়।"],
    "ta": ["வேகமான பழுப்பு நரி சோம்பேறி நாயின் மீது குதித்து காட்டுக்குள் ஓடுகிறது."],
    "te": ["వేగవంతమైన గోధుమ రంగు నక్క సోమరి కుక్క మీదుగా దూకి అడవిలోకి పరుగెత్తుతుంది."],
    "kn": ["ವೇಗದ ಕಂದು ನರಿ ಸೋಮಾರಿ ನಾಯಿಯ ಮೇಲೆ ಹಾರಿ ಕಾಡಿಗೆ ಓಡುತ್ತದೆ."],
    "gu": ["ઝડપી ભૂરા શિયાળ આળસુ કૂતરા ઉપર કૂદી જાય છે અને જંગલમાં દોડે છે."],
    "pa": ["ਤੇਜ਼ ਭੂਰੀ ਲੂੰਬੜੀ ਆਲਸੀ ਕੁੱਤੇ ਉੱਤੇ ਛਾਲ ਮਾਰਦੀ ਹੈ ਅਤੇ ਜੰਗਲ ਵਿੱਚ ਦੌੜਦੀ ਹੈ।"],
    "ko": ["빠른 갈색 여우가 게으른 개를 뛰어넘어 숲으로 달려간다."],
    "th": ["สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามสุนัขขี้เกียจแล้ววิ่งเข้าไปในป่า"],
    "ur": ["تیز بھوری لومڑی سست کتے کے اوپر سے چھلانگ لگاتی ہے اور جنگل میں بھاگ جاتی ہے۔"],
    "mr": ["वेगवान तपकिरी कोल्हा आळशी कुत्र्यावरून उडी मारतो आणि जंगलात पळून जातो आहे."],
    "ne": ["छिटो खैरो फ्याउरोले अल्छी कुकुरमाथि हाम फाल्छ र जंगलतिर दौडिन्छ।"],
}
MARKS = ["* item one", "- item two", "** bold start", "*light*", "**strong**", "<<A title>>", "[name]", "[address]", "***", "******",
         "SECTION 1", "Section 2 more", "P.S. remember this", "P.P.S done", "p. s. small", "My answer is yes.", '"quoted"', '```json\n{"a": 1}\n```',
         '{"a": [1, 2, null]}', "[1, 2,]", "1. first", "A, B and C.", "Wait... what?!", '"Go." He left.', "(It is so.) Then it ended.", "J. Smith came.", ""]


def answer(draw):
    kind = draw.random()
    if kind < 0.1:
        return draw.choice(MARKS)
    lines = []
    for _ in range(draw.randint(1, 6)):
        choice = draw.random()
        if choice < 0.35:
            lines.append(draw.choice(MARKS))
        elif choice < 0.6:
            lines.append(" ".join(draw.choice(SENTENCES["en"]) for _ in range(draw.randint(1, 4))))
        else:
            lines.append(" ".join(draw.choice(WORDS) for _ in range(draw.randint(0, 14))) + draw.choice([".", "", "?", "!"]))
    text = draw.choice(["\n", "\n\n", " ", "\n \n"]).join(lines)
    change = draw.random()
    return text.upper() if change < 0.05 else text.lower() if change < 0.1 else '"' + text + '"' if change < 0.15 else text


def relation(draw):
    return draw.choice(["less than", "at least"])


def details(draw, kind, text):
    words = re.findall(r"\w+", text) or ["x"]
    near = lambda count, spread=2: max(1, count + draw.randint(-spread, spread))
    return {
        "keywords:existence": lambda: {"keywords": [draw.choice(words + WORDS[:10]) for _ in range(draw.randint(1, 3))]},
        "keywords:frequency": lambda: {"keyword": draw.choice(words + ["and", "the"]), "frequency": draw.randint(1, 4), "relation": relation(draw)},
        "keywords:forbidden_words": lambda: {"forbidden_words": [draw.choice(words + WORDS[:10] * 3) for _ in range(draw.randint(1, 3))]},
        "keywords:letter_frequency": lambda: {"letter": draw.choice("abcdeTtNzq"), "let_frequency": draw.randint(1, 12), "let_relation": relation(draw)},
        "language:response_language": lambda: {"language": "en"},
        "length_constraints:number_sentences": lambda: {"num_sentences": near(len(re.findall(r"[.?!]\s", text)) + 1, 1), "relation": relation(draw)},
        "length_constraints:number_paragraphs": lambda: {"num_paragraphs": near(text.count("***") + 1, 1)},
        "length_constraints:number_words": lambda: {"num_words": near(len(words), 1), "relation": relation(draw)},
        "length_constraints:nth_paragraph_first_word": lambda: {
            "num_paragraphs": max(2, near(len([p for p in text.split("\n\n") if p.strip()]), 1)), "nth_paragraph": draw.randint(1, 2), "first_word": draw.choice(words[:3])},
        "detectable_content:number_placeholders": lambda: {"num_placeholders": draw.randint(1, 3)},
        "detectable_content:postscript": lambda: {"postscript_marker": draw.choice(["P.S.", "P.P.S", "Note"])},
        "detectable_format:number_bullet_lists": lambda: {"num_bullets": draw.randint(1, 3)},
        "detectable_format:number_highlighted_sections": lambda: {"num_highlights": draw.randint(1, 3)},
        "detectable_format:multiple_sections": lambda: {"section_spliter": draw.choice(["SECTION", "Section"]), "num_sections": draw.randint(1, 2)},
        "combination:repeat_prompt": lambda: {"prompt_to_repeat": text[: draw.randint(1, 20)] if draw.random() < 0.5 else "something else"},
        "startend:end_checker": lambda: {"end_phrase": text.strip()[-draw.randint(1, 10):].upper() if draw.random() < 0.6 else "That is all."},
        "change_case:capital_word_frequency": lambda: {
            "capital_frequency": near(len(re.findall(r"\b[A-Z]{2,}\b", text)), 2), "capital_relation": relation(draw)},
    }.get(kind, lambda: {})()


def main(out):
    utils = checker()
    from lm_eval.tasks.ifeval.instructions_registry import INSTRUCTION_DICT

    draw = random.Random(20261127)
    lines = []

    def judge(kind, own, text):
        example = utils.InputExample(key=0, instruction_id_list=[kind], prompt="Do it.", kwargs=[own])
        lines.append({
            "id": kind, "details": own, "answer": text,
            "strict": utils.test_instruction_following_strict(example, text).follow_instruction_list[0],
            "loose": utils.test_instruction_following_loose(example, text).follow_instruction_list[0],
        })

    for kind in INSTRUCTION_DICT:
        if kind in ("language:response_language", "change_case:english_capital", "change_case:english_lowercase"):
            continue
        for _ in range(110):
            text = answer(draw)
            judge(kind, details(draw, kind, text), text)
    codes = sorted(SENTENCES)
    for code in codes:
        for text in SENTENCES[code]:
            judge("language:response_language", {"language": code}, text)
            judge("language:response_language", {"language": draw.choice([c for c in codes if c != code])}, text)
    for text in SENTENCES["en"] + SENTENCES["de"] + SENTENCES["fr"]:
        for changed in (text, text.upper(), text.lower()):
            judge("change_case:english_capital", {}, changed)
            judge("change_case:english_lowercase", {}, changed)
    with gzip.GzipFile(out, "wb", mtime=0) as file:
        for line in lines:
            file.write((json.dumps(line) + "\n").encode())
    print(len(lines), "verdicts,", sum(line["strict"] for line in lines), "followed strictly")


if __name__ == "__main__":
    main(sys.argv[1])
