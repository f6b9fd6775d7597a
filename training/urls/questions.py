"""Addresses: questions."""

from django.urls import path

from training.views import questions

QUESTION = "training/questions/<int:question>/"
urlpatterns = [
    path("training/questions/", questions.questions, name="questions"),
    path("training/questions/new/", questions.question_new, name="question_new"),
    path(QUESTION, questions.question, name="question"),
    path(f"{QUESTION}archiving/", questions.question_archiving, name="question_archiving"),
    path(f"{QUESTION}restoration/", questions.question_restoration, name="question_restoration"),
    path(f"{QUESTION}confirmation/", questions.question_confirmation, name="question_confirmation"),
]
