"""Addresses: quizzes."""

from django.urls import path

from training.views import quizzes

QUIZ = "training/paths/<int:enrolment>/items/<int:item>/quiz/"
urlpatterns = [
    path(QUIZ, quizzes.quiz, name="quiz"),
    path(f"{QUIZ}<int:number>/", quizzes.quiz_try, name="quiz_try"),
]
