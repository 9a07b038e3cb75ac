"""The demo city: places in Istanbul, whose residents feed its street animals, as (name, kind, latitude, longitude)."""

PLACES = (
    ("Gülhane Parkı, upper gate", "food", 41.0136, 28.9814),
    ("Sultanahmet Meydanı, by the fountain", "water", 41.0058, 28.9768),
    ("Sultanahmet Meydanı, under the planes", "food", 41.0062, 28.9772),
    ("Fatih Camii, courtyard", "food", 41.0197, 28.9497),
    ("Balat, Vodina Caddesi", "shelter", 41.0293, 28.9485),
    ("Eyüp Sultan, square", "water", 41.0478, 28.9339),
    ("Galata Kulesi", "food", 41.0256, 28.9742),
    ("Roma Bahçesi, Cihangir", "shelter", 41.0316, 28.9838),
    ("Gezi Parkı", "food", 41.0385, 28.9870),
    ("Maçka Parkı, lower path", "water", 41.0447, 28.9936),
    ("Abbasağa Parkı", "food", 41.0480, 29.0050),
    ("Yıldız Parkı, the pond", "water", 41.0494, 29.0131),
    ("Ortaköy Meydanı", "food", 41.0475, 29.0268),
    ("Bebek Parkı", "food", 41.0767, 29.0436),
    ("Emirgan Korusu", "shelter", 41.1086, 29.0553),
    ("Mihrimah Sultan Camii, Üsküdar", "food", 41.0268, 29.0158),
    ("Kuzguncuk Bostanı", "water", 41.0370, 29.0300),
    ("Yoğurtçu Parkı", "shelter", 40.9847, 29.0293),
    ("Moda Sahili", "food", 40.9795, 29.0247),
    ("Fenerbahçe Parkı", "water", 40.9697, 29.0363),
    ("Göztepe 60. Yıl Parkı", "food", 40.9788, 29.0590),
)

EVENT_TYPES = (
    {"code": "feeding", "name": "Feeding", "icon": "bowl", "reward": {"amountMinor": 10, "currency": "POINTS"},
     "cooldownMinutes": 60},
    {"code": "water", "name": "Fresh water", "icon": "drop", "reward": {"amountMinor": 5, "currency": "POINTS"},
     "cooldownMinutes": 60},
    {"code": "treatment", "name": "Visit of a vet", "icon": "cross", "cooldownMinutes": 1440},
)

BADGES = (
    {"code": "feeder", "name": "Feeder", "description": "Feeds those who cannot ask.", "icon": "bowl",
     "requirement": {"kind": "events"},
     "tiers": [{"name": "bronze", "threshold": 1, "reward": {"amountMinor": 20, "currency": "POINTS"}},
               {"name": "silver", "threshold": 25, "reward": {"amountMinor": 100, "currency": "POINTS"}},
               {"name": "gold", "threshold": 250, "reward": {"amountMinor": 500, "currency": "POINTS"}}]},
    {"code": "every-day", "name": "Every day", "description": "Comes back each day.", "icon": "calendar",
     "requirement": {"kind": "streak", "unit": "day"},
     "tiers": [{"name": "a week", "threshold": 7}, {"name": "a month", "threshold": 30}]},
)
