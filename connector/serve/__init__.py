"""Woken by the host: an endpoint that hears announcements, beside the timer, in one process.

``endpoint`` takes what the host posts and answers at once; ``waking`` says when a company that was announced
is looked at; ``service`` runs passes, those of the timer and those in between, one at a time; ``known`` says
who may announce what; ``listening`` serves. Nothing is taken from an announcement but whose it is.
"""
