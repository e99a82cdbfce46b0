"""The diffusers painter: any text-to-image pipeline of the `diffusers` package, loaded only when it paints."""
