// Set-up of what npm cannot install; filled by the native TensorFlow recipe.
