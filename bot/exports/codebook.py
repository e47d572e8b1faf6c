"""What each code means, for whoever codes or counts: a definition in English beside the labels that people saw.

From the themes of the two reports of 2015 and the fifteen guidelines of the MICIC Initiative (June 2016; G1-G15, P1-P10
are its guidelines and principles), in our words. Not here: labels and translations (they are the form's own).
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.contributions import State
from bot.core.dialogue.questionnaire import Labels, Question, Questionnaire
from bot.core.editions import BUILT_IN
from bot.exports.table import ENVELOPE, OTHER, Table

HEADINGS = ("column", "question", "type", "code", "hxl", "definition")
"""Headings before those of the languages: two columns each, `name <language>` and `label <language>`."""

DEFINITIONS: Mapping[str, Mapping[str, str]] = {
    "phase": {
        "pre_crisis": "To be done before a crisis: preparing, planning, preventing.",
        "emergency": "To be done while the crisis lasts.",
        "post_crisis": "To be done afterwards: return, recovery, learning.",
        "cross_cutting": "To be done at all times. Not for 'does not know': that stays empty.",
    },
    "theme": {
        "scope_definition": "Asks to change what counts as crisis or migrant. Violence described: armed_violence.",
        "rights_standards": "Ratify and apply human and labour rights at all times; sponsorship reform (P2).",
        "policy_coherence": "Fit with other frameworks: development, disaster risk, climate, rights treaties (P8).",
        "association": "Form and join unions and associations; laws on them (G3). Safety of persons: defenders.",
        "defenders": "Safety of human rights defenders and their families (P4). A collective right: association.",
        "gov_cso_framework": "Standing talks between government and civil society; ways to raise the alarm (G7).",
        "migrant_participation": "Migrants and their communities plan and respond (G3, G4, G5, P6).",
        "diaspora": "What communities abroad do and need: recognition, money, trusted messengers (G4, P6).",
        "firewall": "No immigration control where help is sought (G11). That help exists: services_justice.",
        "non_refoulement": "Nobody removed, or pressed to return, into danger (G10, P2). Data and checks: firewall.",
        "services_justice": "Health, shelter, courts, complaints are there and open (G11, G12). No checks: firewall.",
        "documents_exit": "Identity and travel papers, exit permits, kept passports (G10). Transport: evacuation.",
        "consular": "What missions of the home country do (G2, G6, G8). Public warnings: crisis_information.",
        "evacuation": "Evacuation, relocation, transport, and money for them (G13).",
        "relief_nondiscrimination": "Food, water and shelter whatever somebody's status (G11, P1).",
        "crisis_information": "Warnings, languages, channels, rumours (G6, G9).",
        "data_privacy": "Data about migrants, risk mapping, confidentiality (G1, G2).",
        "contingency_planning": "Plans, drills, training and money made ready (G5, G8).",
        "coordination_referral": "Who does what; referral; agreements between actors (G7, G12).",
        "employers": "Duties of employers, recruiters, contractors, insurers (P4, G5).",
        "transit": "People on the way: borders, onward movement, shared responsibility (G10).",
        "specific_protection": "Measures for one group; say which with groups (G12).",
        "climate_land": "Climate change, drought, land taken from people (G1).",
        "frozen_conflict": "Unsettled conflicts; territories that few recognize (G1, G10).",
        "armed_violence": "Terrorism, armed groups, gangs (G1, G10).",
        "xenophobia": "Discrimination, hate speech, attacks (P7).",
        "return_reintegration": "Safe return and support to start again (G14).",
        "remittances_wages": "Unpaid wages, belongings, remittances, debts (G14, G8).",
        "host_communities": "Support to communities that receive people and that they come from (G15).",
        "review_learning": "Independent reviews, rating of practices, measuring effects (G8, P10).",
        "other": "None of these. Never dropped without a word.",
    },
    "groups": {
        "women_gbv": "Women and girls facing gender-based violence.",
        "refugees_asylum_seekers": "Outside MICIC's own term for migrants, inside what people said.",
    },
    "addressees": {
        "private_sector": "Companies other than employers and recruiters.",
        "regional_bodies": "Groups of countries, such as the African Union, ASEAN, ECOWAS, the European Union.",
        "micic_process": "Co-chairs, working group and secretariat of the MICIC Initiative.",
    },
}
"""Question to code to definition; groups and addressees without one mean what their label says."""

_ENVELOPE = {
    "contribution": "Stable random id of the contribution; the same in every export.",
    "consultation": "The consultation in which somebody took part. Not the country it is about.",
    "questionnaire": "The form that was answered.",
    "version": "Version of that form.",
    "language": "Language of the chat, not of the text: people may write in any.",
    "day": "Day (UTC) on which it was begun. No finer time is kept.",
    "state": "submitted; superseded: replaced by a newer version; withdrawn: taken back, no answers are left.",
    "group": "Id of the contribution that describes the group spoken for; a newer version of it names its first.",
    "supersedes": "Id of the contribution that this one replaces.",
    OTHER: "What has no column of its own, as JSON: answers to another version of the form, feedback on points.",
}


def headings(questionnaire: Questionnaire) -> list[str]:
    """Headings of the codebook of a form."""
    return [*HEADINGS, *(f"{what} {language}" for language in questionnaire.languages for what in ("name", "label"))]


def entries(questionnaire: Questionnaire, table: Table) -> Iterator[list[str]]:
    """A row for each column that is no question, each question and each choice."""
    hxl = {column.name: column.hxl for column in table.columns}
    for name in ENVELOPE:
        yield [name, "", "", "", hxl[name], _ENVELOPE[name]]
    for state in State:
        yield ["state", "", "", state.value, "", ""]
    for question in questionnaire.questions:
        known = DEFINITIONS.get(question.id, {}) if questionnaire.id in BUILT_IN else {}
        yield from _question(question, hxl, questionnaire.languages, known)
    yield [OTHER, "", "", "", hxl[OTHER], _ENVELOPE[OTHER]]


def _question(
    question: Question, hxl: Mapping[str, str], languages: Sequence[str], known: Mapping[str, str]
) -> Iterator[list[str]]:
    name = str(question.id)
    hint = question.hints.get("en", "")
    yield [
        name,
        name,
        question.kind.value,
        "",
        hxl.get(name, ""),
        hint,
        *_both(question.short, question.labels, languages),
    ]
    for choice in question.choices:
        yield [
            f"{name}/{choice.code}", name, "choice", choice.code, hxl.get(f"{name}/{choice.code}", ""),
            known.get(choice.code, ""), *_both(choice.short, choice.labels, languages),
        ]  # fmt: skip
    if question.undisclosed:
        yield [name, name, "choice", "undisclosed", "", "The person prefers not to say."]


def _both(short: Labels, labels: Labels, languages: Sequence[str]) -> Iterator[str]:
    for language in languages:
        yield short.get(language, "")
        yield labels.get(language, "")
