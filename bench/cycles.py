# Renders a glTF scene with Blender's Cycles on one CPU thread and prints what it took; started by bench/runCycles.ts as
#   blender -b --factory-startup --python bench/cycles.py -- '{"scene": ..., "width": ..., "height": ..., "segments": ..., "samples": ..., "runs": ..., "pictures": ...}'
# Materials are the importer's (Principled BSDF), so shading is as full as ours. No denoiser, no adaptive sampling, no clamping.
import json
import resource
import sys

import numpy

# Blender 3.4's glTF importer still uses the name that numpy 1.24 dropped.
if not hasattr(numpy, 'bool'):
    numpy.bool = bool

import bpy

options = json.loads(sys.argv[sys.argv.index('--') + 1])
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=options['scene'])

scene = bpy.context.scene
scene.render.engine = 'CYCLES'
scene.world = bpy.data.worlds.new('black')
scene.world.use_nodes = True
scene.world.node_tree.nodes['Background'].inputs['Strength'].default_value = 0
cameras = [thing for thing in bpy.data.objects if thing.type == 'CAMERA']
if not cameras:
    sys.exit('the scene has no camera')
scene.camera = cameras[0]
scene.render.resolution_x = options['width']
scene.render.resolution_y = options['height']
scene.render.resolution_percentage = 100
scene.render.threads_mode = 'FIXED'
scene.render.threads = 1
scene.view_settings.view_transform = 'Standard'

cycles = scene.cycles
cycles.device = 'CPU'
# The segment from the camera is no bounce.
bounces = options['segments'] - 1
for name in ('max_bounces', 'diffuse_bounces', 'glossy_bounces', 'transmission_bounces', 'transparent_max_bounces'):
    setattr(cycles, name, bounces)
cycles.use_denoising = False
cycles.use_adaptive_sampling = False
cycles.use_auto_tile = False
cycles.caustics_reflective = True
cycles.caustics_refractive = True
cycles.sample_clamp_direct = 0
cycles.sample_clamp_indirect = 0
cycles.blur_glossy = 0
cycles.pixel_filter_type = 'BOX'


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def render(samples, seed, picture=None):
    cycles.samples = samples
    cycles.seed = seed
    scene.render.filepath = picture or '/dev/null'
    began = cpu_seconds()
    bpy.ops.render.render(write_still=picture is not None)
    return cpu_seconds() - began


# Building the scene costs the same for every sample count: take the difference.
warm_up = 2
per_sample = []
for run in range(options['runs']):
    picture = options['pictures'] + '/cycles.png' if options['pictures'] and run == 0 else None
    few = render(warm_up, run)
    many = render(warm_up + options['samples'], run, picture)
    per_sample.append((many - few) / options['samples'])
print('RESULT ' + json.dumps({'version': bpy.app.version_string, 'cpuSecondsPerSample': per_sample}))
