"""The project: settings, addresses and what any site needs. It knows neither accounts nor reviews."""
