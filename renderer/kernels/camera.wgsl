struct Ray {
  origin: vec3f,
  direction: vec3f,
}

/// The ray through a point of the picture, in pixels from its upper left corner.
fn cameraRay(x: f32, y: f32) -> Ray {
  let across = 2.0 * x / f32(frame.width) - 1.0;
  let upwards = 1.0 - 2.0 * y / f32(frame.height);
  let onPlane = frame.cameraRight.xyz * across + frame.cameraUp.xyz * upwards;
  if ((frame.flags & FRAME_ORTHOGRAPHIC) != 0u) { return Ray(frame.cameraOrigin.xyz + onPlane, frame.cameraForward.xyz); }
  return Ray(frame.cameraOrigin.xyz, unit(frame.cameraForward.xyz + onPlane));
}
