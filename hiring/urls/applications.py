from django.urls import path

from hiring.views import applications

AT = "hiring/applications/<int:application>"
urlpatterns = [
    path(f"{AT}/", applications.application, name="application"),
    path(f"{AT}/notes/", applications.note_new, name="application_note"),
    path(f"{AT}/next/", applications.next_step, name="application_next"),
    path(f"{AT}/move/", applications.move, name="application_move"),
    path(f"{AT}/stages/<int:stage>/", applications.to_stage, name="application_stage"),
    path(f"{AT}/closing/", applications.closing, name="application_closing"),
    path(f"{AT}/reopening/", applications.reopening, name="application_reopening"),
]
