from django.urls import path

from hiring.views import board, public

urlpatterns = [
    path("hiring/requisitions/<int:requisition>/board/", board.board, name="board"),
    path("hiring/requisitions/<int:requisition>/candidates.csv", board.candidates_csv, name="candidates_csv"),
    path("hiring/requisitions/<int:requisition>/link/", public.link_opening, name="link_opening"),
    path("hiring/requisitions/<int:requisition>/link/removal/", public.link_removal, name="link_removal"),
]
