"""The application: windows, pages, plots, jobs and the project file around the engine."""
