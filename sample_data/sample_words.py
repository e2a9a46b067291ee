"""What is sold, asked, answered and said in the sample deals."""

from __future__ import annotations

# A title belongs to a size of deal: up to 5,000, up to 15,000, and above.
SMALL, MIDDLE, LARGE = 5_000, 15_000, 60_000
TITLES = {
    SMALL: (
        "Process check-up",
        "+1 workshop",
        "Team retrospective",
        "Pricing sprint",
        "Data clinic day",
        "Onboarding guide",
        "Tool selection",
        "Board presentation",
        "Newsletter audit",
        "=1 day, 1 decision",
        "Q&A for the founders",
        "Meeting rules that hold",
    ),
    MIDDLE: (
        "Process audit",
        "Order-to-cash redesign",
        "Reporting for the board",
        "CRM clean-up",
        "Warehouse flow study",
        "Service catalogue",
        "Website relaunch: concept",
        "Tender support",
        "Customer interviews, 12 of them",
        "Quality handbook",
        "@home office rules",
        "Spare parts: stock and price",
        "Hand-over to the next generation",
    ),
    LARGE: (
        "ERP selection",
        "Interim head of operations",
        "Retainer: operations advice",
        "New plant: process design",
        "Digital roadmap & roll-out",
        "Merger of two back offices",
        "Company-wide planning system",
        "Opening a second site",
    ),
}
# In countries that would put it in their own language, these too.
TITLES_AT_HOME = {
    "DE": {SMALL: ("Kennzahlen-Workshop",), MIDDLE: ("Datenstrategie",), LARGE: ("Überprüfung der Lieferkette",)},
    "AT": {SMALL: ("Führungskräfte-Jause",), MIDDLE: ("Förderantrag",), LARGE: ("Zusammenführung zweier Büros",)},
    "FR": {SMALL: ("Atelier délais",), MIDDLE: ("Analyse des coûts",), LARGE: ("Réorganisation des ateliers",)},
}
# An organization that would write its own title.
LOCAL_TITLES = {
    "株式会社みらい": "業務改善ワークショップ",
    "Αιγαίο Ταξίδια": "Ανάλυση κρατήσεων",
    "Стожары": "Одит на процесите",
    "한빛 스튜디오": "제작 일정 개선",
    "Kowalski i Synowie": "Przegląd procesów",
    "محاسبة النور": "مراجعة العمليات",
    "华光科技": "流程审查",
    "Studio Ñandú": "Diseño de servicios",
}

LOST_REASONS = {
    "prospecting": ("no_response",) * 5 + ("bad_fit", "timing", "no_decision"),
    "qualification": ("no_decision",) * 3 + ("no_response",) * 3 + ("timing", "bad_fit", "price"),
    "proposal": ("no_decision",) * 4 + ("no_response",) * 2 + ("price",) * 2 + ("competitor", "timing"),
    "negotiation": ("no_decision", "no_decision", "price", "price", "competitor"),
    "commit": ("no_decision", "timing"),
}
BACK_REASONS = (
    "The scope was unclear: the buyer wants a smaller first step",
    "A new decision maker joined and asked to start over",
    "The budget was cut by half; back to what they need most",
)
SKIP_REASONS = ("A client of old: need and budget were known", "They asked for an offer in the first call")
REOPEN_REASON = "They called: the other supplier let them down"

NEXT_STEPS = {
    "prospecting": ("Call to find the right person", "Send two lines about a similar case", "Try the switchboard"),
    "qualification": ("Ask about budget and who signs", "Ask what happens if nothing changes", "Meet finance"),
    "proposal": ("Walk through the offer by phone", "Ask for a decision date", "Send the smaller variant"),
    "negotiation": ("Agree on payment terms", "Send the revised scope", "Call their lawyer about liability"),
    "commit": ("Chase the signature", "Send the contract for signing", "Agree on the first day of work"),
}

# Kind, direction, outcome and note of the touchpoint that ends a stage well.
STEP_FORWARD = {
    "prospecting": (
        ("call", "out", "reached", "They told me the problem: too much is done twice"),
        ("call", "in", "reached", "Rang back, interested"),
        ("meeting", "out", "held", "Coffee at their office; asked good questions"),
    ),
    "qualification": (
        ("meeting", "out", "held", "Budget and timetable are clear, the director decides"),
        ("demo", "out", "held", "Showed the method on their own figures"),
        ("meeting", "in", "held", "They invited me to meet the team"),
    ),
    "proposal": (
        ("email", "in", "positive", "They want to do it and have questions about the terms"),
        ("meeting", "out", "held", "Went through the offer line by line"),
        ("call", "in", "positive", "Yes in principle, the price is to be discussed"),
    ),
    "negotiation": (
        ("call", "out", "agreed", "Terms agreed, contract to follow"),
        ("meeting", "in", "agreed", "Shook hands on scope and price"),
    ),
    "commit": (
        ("email", "in", "signed", "Signed contract came back"),
        ("letter", "in", "signed", "Signed, by post"),
    ),
}
OFFER_SENT = ("email", "out", "sent", "Offer sent, valid for 30 days")
FIRST_WORD = {
    "inbound": ("email", "in", "", "Wrote through the website"),
    "referral": ("email", "in", "", "Introduced by a mutual friend"),
    "outbound": ("email", "out", "sent", "First message, about a case like theirs"),
    "event": ("meeting", "in", "", "Talked at the trade fair stand"),
    "partner": ("message", "in", "", "The partner agency passed them on"),
}
FIRST_ANSWER = ("email", "out", "sent", "Answered and proposed a call")
# What is said between the milestones: kind, outcome, note.
OUTGOING = (
    ("email", "sent", ""),
    ("email", "sent", "Sent a reference from the same trade"),
    ("email", "sent", "Asked whether there is news"),
    ("call", "no answer", ""),
    ("call", "voicemail", "Asked to be called back"),
    ("call", "reached", "In a meeting, will ring next week"),
    ("message", "sent", "Short note by messenger"),
)
INCOMING = (
    ("email", "", "Thanks, we will come back to you"),
    ("email", "", "Asked for two more references"),
    ("email", "", "Their colleague is away until Monday"),
    ("call", "reached", "Asked how long it would take"),
    ("call", "reached", "Wants to bring in the finance department"),
    ("message", "", "“Still on it, promise!”"),
)
UNANSWERED = (
    ("email", "sent", "Following up"),
    ("call", "no answer", ""),
    ("email", "sent", "A different idea, in three lines"),
    ("call", "voicemail", ""),
    ("message", "sent", ""),
    ("call", "no answer", "The number rings through"),
)
LAST_WORD = ("email", "out", "sent", "Shall I close the file?")
REFUSALS = {
    "price": ("email", "in", "negative", "Too dear, they said, and thanked me"),
    "competitor": ("call", "in", "negative", "They went with a larger firm"),
    "no_decision": ("email", "in", "negative", "They leave everything as it is"),
    "timing": ("call", "out", "negative", "Not this year"),
    "bad_fit": ("call", "out", "negative", "They need a developer, not a consultant"),
}
