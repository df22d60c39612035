"""Who you are: members, sign-in and what a member sets. It knows the project, not what is written on the site."""
