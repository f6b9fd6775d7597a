from django.urls import path

from hiring.views import public

urlpatterns = [
    path("apply/<str:token>/", public.apply, name="apply"),
    path("apply/<str:token>/thanks/", public.thanks, name="apply_thanks"),
]
