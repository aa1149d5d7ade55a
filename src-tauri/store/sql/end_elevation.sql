select console.end_elevation() as ended
