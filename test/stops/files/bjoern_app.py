import app
import bjoern

bjoern.run(app.application, "0.0.0.0", 8080)
