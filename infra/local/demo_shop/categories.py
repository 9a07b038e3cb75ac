"""Categories of the demo shop, three levels deep: (slug, title, description, slug of the parent). Parents come first."""

CATEGORIES = (
    ("outdoor", "Outdoor", "For days that end in a tent, and for days that only look like it.", None),
    ("home", "Home", "Things that are used every day and last for years.", None),
    ("pantry", "Pantry", "Coffee, tea and sweets from people whose names we know.", None),
    ("books", "Books", "To read before you leave, and to take along.", None),
    ("camping", "Camping", "Sleep and cook outside.", "outdoor"),
    ("hiking", "Hiking", "What you wear and carry on foot.", "outdoor"),
    ("cycling", "Cycling", "Luggage and light for the bicycle.", "outdoor"),
    ("kitchen", "Kitchen", "Pots, knives and tableware.", "home"),
    ("living", "Living", "Light and warmth for the evening.", "home"),
    ("bath", "Bath", "Towels and soap.", "home"),
    ("drinks", "Drinks", "Beans and leaves.", "pantry"),
    ("sweets", "Sweets", "Chocolate, honey and jam.", "pantry"),
    ("practical", "Practical books", "Recipes and field guides.", "books"),
    ("tents", "Tents", "For one to four people.", "camping"),
    ("sleeping", "Sleeping", "Sleeping bags, mats and pillows.", "camping"),
    ("camp-kitchen", "Camp kitchen", "Stoves and pots that fit into a pack.", "camping"),
    ("footwear", "Footwear", "Boots, shoes and socks.", "hiking"),
    ("backpacks", "Backpacks", "From an afternoon to a fortnight.", "hiking"),
    ("rainwear", "Rainwear", "Stays dry inside.", "hiking"),
    ("bike-bags", "Bike bags", "For the rack, the handlebar and the frame.", "cycling"),
    ("bike-lights", "Bike lights", "To see and to be seen.", "cycling"),
    ("cookware", "Cookware", "Pans and pots of iron and steel.", "kitchen"),
    ("knives", "Knives", "Three blades are enough.", "kitchen"),
    ("tableware", "Tableware", "Plates, bowls and mugs.", "kitchen"),
    ("lamps", "Lamps", "Warm light for desks and shelves.", "living"),
    ("textiles", "Textiles", "Blankets and cushions.", "living"),
    ("towels", "Towels", "Linen and cotton.", "bath"),
    ("soaps", "Soaps", "Without palm oil.", "bath"),
    ("coffee", "Coffee", "Roasted each Tuesday.", "drinks"),
    ("tea", "Tea", "Black, green and herbal.", "drinks"),
    ("chocolate", "Chocolate", "Bars with three ingredients, or four.", "sweets"),
    ("honey-and-jam", "Honey and jam", "From last summer.", "sweets"),
    ("cookbooks", "Cookbooks", "Short lists of ingredients.", "practical"),
    ("field-guides", "Field guides", "Names for what you see.", "practical"),
)

PARENTS = {slug: parent for slug, _title, _description, parent in CATEGORIES}


def path(slug):
    """A category with those that it is below, which list its products too."""
    return [slug, *(path(PARENTS[slug]) if PARENTS[slug] else ())]
