"""Addresses: live sessions, development plans, hours, and the customer's voice."""

from django.urls import path

from training.views import hours, plans, sessions, voices

PLAN = "training/plans/<int:plan>/"
GOAL = f"{PLAN}goals/<int:goal>/"
SESSION = "training/sessions/<int:session>/"
urlpatterns = [
    path("training/sessions/", sessions.index, name="sessions"),
    path("training/sessions/new/", sessions.new, name="session_new"),
    path(SESSION, sessions.show, name="session"),
    path(f"{SESSION}edit/", sessions.edit, name="session_edit"),
    path(f"{SESSION}repetition/", sessions.repetition, name="session_repetition"),
    path(f"{SESSION}cancellation/", sessions.cancellation, name="session_cancellation"),
    path(f"{SESSION}attendance/", sessions.attendance, name="session_attendance"),
    path(f"{SESSION}closing/", sessions.closing, name="session_closing"),
    path(f"{SESSION}calendar/", sessions.calendar, name="session_calendar"),
    path("training/plans/", plans.index, name="plans"),
    path("training/plans/new/", plans.new, name="plan_new"),
    path(PLAN, plans.show, name="plan"),
    path(f"{PLAN}edit/", plans.edit, name="plan_edit"),
    path(f"{PLAN}closing/", plans.closing, name="plan_closing"),
    path(f"{PLAN}reopening/", plans.reopening, name="plan_reopening"),
    path(f"{PLAN}reviews/", plans.review, name="plan_review"),
    path(f"{PLAN}goals/", plans.goal_new, name="goal_new"),
    path(GOAL, plans.goal, name="goal"),
    path(f"{GOAL}reaching/", plans.reaching, name="goal_reaching"),
    path(f"{GOAL}dropping/", plans.dropping, name="goal_dropping"),
    path(f"{GOAL}taking-up/", plans.taking_up, name="goal_taking_up"),
    path("training/hours/", hours.index, name="hours"),
    path("training/voices/", voices.index, name="voices"),
    path("training/voices/new/", voices.new, name="voice_new"),
    path("training/voices/<int:voice>/", voices.show, name="voice"),
    path("training/voices/<int:voice>/withdrawal/", voices.withdrawal, name="voice_withdrawal"),
]
