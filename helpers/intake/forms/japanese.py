"""Japanese tools (Questant, Freeasy, CREATIVE SURVEY, SELECTTYPE, formrun, MOSH, paper codebooks …): CSV in cp932, or XLSX.

They differ, and share habits, which hold for every file:

- `問1．`, `Q1.`, `【Q1】` before a wording, `（複数回答）`, `【必須】` around it; `①`, `1.` before a label.
- Options by their numbers, as in a paper codebook; a column per option as 設問_選択肢: `Q4_1`, `問4_1`, `Q4_注意喚起`, with
  1/0, ○, the label, or the option's own number.
- `その他：…` and `その他（…）` hold own words, as does a column `Q4_その他` beside one with ticks.
- 回答日時, 回答者ID, 回答番号, 回答状況 and the like are the tool's own.
"""

from .known import has

NAME = "a Japanese tool"
KNOWN = {"回答者id": "respondent", "回答id": "respondent", "回答番号": "respondent", "回答no": "respondent"}
KNOWN |= {
    "受付番号": "respondent",
    "サンプルno": "respondent",
    "サンプル番号": "respondent",
    "モニターid": "respondent",
    "会員id": "token",
}
KNOWN |= {"no": "", "番号": "", "通番": "", "連番": "", "管理番号": "token", "回答日時": "time", "回答日": "time"}
KNOWN |= {
    "回答終了日時": "time",
    "回答完了日時": "time",
    "送信日時": "time",
    "登録日時": "time",
    "受信日時": "time",
    "投稿日時": "time",
}
KNOWN |= {
    "開始日時": "",
    "回答開始日時": "",
    "終了日時": "time",
    "更新日時": "",
    "最終更新日時": "",
    "所要時間": "",
    "回答時間": "",
}
KNOWN |= {
    "回答所要時間": "",
    "ipアドレス": "",
    "ip": "",
    "ユーザーエージェント": "",
    "ブラウザ": "",
    "端末": "",
    "デバイス": "",
    "os": "",
}
KNOWN |= {
    "参照元": "",
    "リファラ": "",
    "回答url": "",
    "アクセス元": "",
    "メール": "email",
    "eメール": "email",
    "メールアドレス": "email",
}
KNOWN |= {
    "名前": "",
    "お名前": "",
    "氏名": "",
    "ご担当者名": "",
    "担当者名": "",
    "会社名": "",
    "貴社名": "",
    "企業名": "",
    "団体名": "",
}
KNOWN |= {
    "部署": "",
    "部署名": "",
    "役職": "",
    "役職名": "",
    "電話": "",
    "電話番号": "",
    "住所": "",
    "郵便番号": "",
    "位置情報": "",
}
KNOWN |= {
    "言語": "",
    "回答言語": "",
    "緯度": "",
    "経度": "",
    "参加日時": "",
    "進捗": "",
    "進捗率": "",
    "状態": "",
    "ステータス": "",
}
KNOWN |= {"回答状況": "", "回答ステータス": "", "回答状態": ""}
LEFT_OUT = {}
SIGNS = ("回答日時", "回答者ID", "回答番号", "回答ID", "回答No", "サンプルNo", "回答終了日時", "回答完了日時", "回答日")


def recognises(sheet):
    """Whether it has a column that such tools add."""
    return any(has(sheet, sign) for sign in SIGNS)


def read(sheet, names):
    """The sheet as it is: one heading a column, one row a respondent."""
    return sheet
